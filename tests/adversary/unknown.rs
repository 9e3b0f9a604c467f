//! What is not known is told as unknown: lost state, clocks that jump, targets that are gone.
