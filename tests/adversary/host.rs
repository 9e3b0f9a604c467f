//! Other users of this host get nothing: folders, sockets and files are private from the moment they are made.
