//! Values of rows are shown to holders of a token alone, and stand in nothing that cannot be deleted.
