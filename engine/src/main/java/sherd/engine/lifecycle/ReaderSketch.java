package sherd.engine.lifecycle;

import sherd.engine.memory.OffHeap;

/**
 * How many have read a row group lately, in a fixed number of bytes of native memory that start out as zero. Time comes in
 * slices of a window; a sketch forgets what is more than {@value #SLICES} slices old.
 */
sealed interface ReaderSketch {
    /** Of a window. The slice that is not over yet counts too, so that never less than the window does. */
    int SLICES = 24;

    int bytes();

    /** A reader, any number but 0 and as good as random, has read it. */
    void note(long sketch, int reader, int slice);

    int count(long sketch, int slice);

    /** The least that tells {@code most} readers from one more. */
    static ReaderSketch telling(int most) {
        return most < Coupons.MOST ? new Coupons(most + 1) : new HyperLogLog();
    }

    /** Slices are compared by their distance, which holds when their numbers wrap around. */
    private static boolean counts(int noted, int slice) {
        return slice - noted <= SLICES;
    }

    /**
     * The readers themselves with the slice they were last seen in. Exact up to as many as there is room for: when all
     * count and one more comes, he takes the place of the one who was away for longest.
     */
    record Coupons(int room) implements ReaderSketch {
        private static final int MOST = 16;

        @Override
        public int bytes() {
            return room * Long.BYTES;
        }

        @Override
        public void note(long sketch, int reader, int slice) {
            long oldest = sketch;
            int longest = Integer.MIN_VALUE;
            for (long at = sketch; at < sketch + bytes(); at += Long.BYTES) {
                int noted = OffHeap.getInt(at);
                if (noted == reader) {
                    OffHeap.putInt(at + Integer.BYTES, slice);
                    return;
                }
                int away = noted == 0 ? Integer.MAX_VALUE : slice - OffHeap.getInt(at + Integer.BYTES);
                if (away > longest) {
                    longest = away;
                    oldest = at;
                }
            }
            OffHeap.putInt(oldest, reader);
            OffHeap.putInt(oldest + Integer.BYTES, slice);
        }

        @Override
        public int count(long sketch, int slice) {
            int count = 0;
            for (long at = sketch; at < sketch + bytes(); at += Long.BYTES) {
                boolean counted = OffHeap.getInt(at) != 0 && counts(OffHeap.getInt(at + Integer.BYTES), slice);
                count += counted ? 1 : 0;
            }
            return count;
        }
    }

    /**
     * A HyperLogLog (Flajolet and others, 2007) of {@value #REGISTERS} registers for each slice, in a ring; the union of
     * those that count is estimated, an eighth off as a rule.
     *
     * <pre>
     * per slice:  its number (int) | registers (byte each): the highest rank of a reader that fell into it
     * </pre>
     */
    record HyperLogLog() implements ReaderSketch {
        private static final int REGISTERS = 64;
        private static final int REGISTER_BITS = 6;
        private static final int SLICE_BYTES = Integer.BYTES + REGISTERS;
        private static final double ALPHA = 0.709;
        /** While registers are empty, their number says more than what is in the others. */
        private static final double FEW = 2.5 * REGISTERS;

        @Override
        public int bytes() {
            return (SLICES + 1) * SLICE_BYTES;
        }

        private static long ring(long sketch, int place) {
            return sketch + (long) place * SLICE_BYTES;
        }

        @Override
        public void note(long sketch, int reader, int slice) {
            long at = ring(sketch, Math.floorMod(slice, SLICES + 1));
            if (OffHeap.getInt(at) != slice) {
                OffHeap.fill(at, SLICE_BYTES, (byte) 0);
                OffHeap.putInt(at, slice);
            }
            long register = at + Integer.BYTES + (reader >>> (Integer.SIZE - REGISTER_BITS));
            int rank = 1 + Integer.numberOfLeadingZeros((reader << REGISTER_BITS) | 1 << (REGISTER_BITS - 1));
            if (OffHeap.getByte(register) < rank) {
                OffHeap.putByte(register, (byte) rank);
            }
        }

        @Override
        public int count(long sketch, int slice) {
            double sum = 0;
            int empty = 0;
            for (int register = 0; register < REGISTERS; register++) {
                int rank = highest(sketch, register, slice);
                sum += 1.0 / (1L << rank);
                empty += rank == 0 ? 1 : 0;
            }
            double estimate = ALPHA * REGISTERS * REGISTERS / sum;
            if (estimate <= FEW && empty > 0) {
                estimate = REGISTERS * Math.log((double) REGISTERS / empty);
            }
            return (int) Math.round(estimate);
        }

        private static int highest(long sketch, int register, int slice) {
            int highest = 0;
            for (int place = 0; place <= SLICES; place++) {
                long at = ring(sketch, place);
                if (counts(OffHeap.getInt(at), slice)) {
                    highest = Math.max(highest, OffHeap.getByte(at + Integer.BYTES + register));
                }
            }
            return highest;
        }
    }
}
