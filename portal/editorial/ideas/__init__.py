"""Ideas from readers, other sites, searches and past events, listed until somebody plans or dismisses them."""
