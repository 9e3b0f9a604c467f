//! Steps that write rows meet the triggers of the application, and are planned with them in mind.
