package sherd.bench.crash;

import java.util.Locale;

/** Something that must not be. */
record Finding(Kind kind, String text) {
    enum Kind {
        /** An acknowledged write is missing that the sync policy protects. */
        LOST,
        /** Something is there that was never sent, or is no longer the key's state. */
        ALIEN,
        /** A write is missing though a later one is there. */
        HOLE,
        /** The check of the folder found a fault. */
        FAULT,
        /** The node answered what it should not have, or ended by itself. */
        WRONG_ANSWER
    }

    @Override
    public String toString() {
        return kind.name().toLowerCase(Locale.ROOT).replace('_', ' ') + ": " + text;
    }
}
