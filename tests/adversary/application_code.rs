//! Code of the watched database that runs while a plan is applied has no more rights than its owner.
