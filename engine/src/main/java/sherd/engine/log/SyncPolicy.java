package sherd.engine.log;

/** When a write may be acknowledged. */
public enum SyncPolicy {
    /** After fsync: an acknowledged write survives power loss. */
    ALWAYS,
    /** At once; written and fsynced every interval: at most the last interval's writes are lost. */
    INTERVAL,
    /** At once; handed to the operating system within milliseconds, which writes it when it likes. */
    OS
}
