package sherd.engine.version;

/** How one vector stands to another. */
public enum Causality {
    EQUAL,
    AHEAD,
    BEHIND,
    CONCURRENT
}
