package sherd.engine.archive;

import java.util.Locale;
import java.util.Map;

/**
 * Where a segment's bytes are. The catalog keeps it with the segment, and changes it before the bytes that it stops
 * naming go.
 *
 * @param object the key of its object; empty if it has none
 */
public record SegmentHome(State state, String object) {
    /** In the order in which a segment goes through them. */
    public enum State {
        /** A file of the data folder. */
        LOCAL,
        /** A file, and perhaps an object, which nobody has verified yet. */
        UPLOADING,
        /** A file, and an object that was read back and was what was written. */
        BOTH,
        /** An object only. */
        REMOTE;

        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public static final SegmentHome LOCAL = new SegmentHome(State.LOCAL, "");

    private static final String HOME = "home";
    private static final String OBJECT = "object";

    /** From what the catalog keeps of a segment. A state that this build does not know reads as that of a file. */
    public static SegmentHome of(Map<String, String> kept) {
        var label = kept.getOrDefault(HOME, State.LOCAL.label());
        for (var state : State.values()) {
            if (state.label().equals(label)) {
                return new SegmentHome(state, kept.getOrDefault(OBJECT, ""));
            }
        }
        return LOCAL;
    }

    public Map<String, String> encode() {
        return Map.of(HOME, state.label(), OBJECT, object);
    }

    /** Whether there is a file, which is then what is read. */
    public boolean onDisk() {
        return state != State.REMOTE;
    }

    /** Whether there is, or may be, an object. */
    public boolean hasObject() {
        return !object.isEmpty();
    }
}
