//! Nobody without a token can keep others out, cost much, or read through a foreign page.
