package sherd.engine.version;

/**
 * The condition a compare-and-set puts on the row's current vector. Pure: says yes or no, changes nothing.
 */
public sealed interface Guard {
    /** Whether a write served by {@code shard} may go ahead. */
    boolean accepts(VersionVector current, int shard);

    /** No condition. */
    record Any() implements Guard {
        @Override
        public boolean accepts(VersionVector current, int shard) {
            return true;
        }
    }

    /** The writer has read exactly this; the empty vector demands that the row is not there. */
    record Expected(VersionVector vector) implements Guard {
        @Override
        public boolean accepts(VersionVector current, int shard) {
            return vector.equals(current);
        }
    }

    /** The writer wants to write exactly this: the current vector plus one step of the serving shard. */
    record Next(VersionVector vector) implements Guard {
        @Override
        public boolean accepts(VersionVector current, int shard) {
            return vector.equals(current.step(shard));
        }
    }

    /** The row must be there, whatever its version. */
    record Present() implements Guard {
        @Override
        public boolean accepts(VersionVector current, int shard) {
            return current.size() > 0;
        }
    }
}
