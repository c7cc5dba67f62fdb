package sherd.engine;

import sherd.engine.objects.ObjectStore;

/** Where segments go that leave the data folder; the store stays its maker's to close. */
public record ObjectStorage(ObjectStore store, TransferPolicy policy) {}
