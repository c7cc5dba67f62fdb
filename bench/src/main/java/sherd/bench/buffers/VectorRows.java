package sherd.bench.buffers;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/** The same work by the Vector API, which needs {@code --add-modules jdk.incubator.vector}. */
final class VectorRows {
    private static final VectorSpecies<Float> WIDEST = FloatVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Float> ROW = FloatVector.SPECIES_256;
    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

    /** Rows are as many as a multiple of this. */
    static final int STEP = 64;

    private VectorRows() {}

    /** Sixteen rows of a column at a time, where the machine has such vectors. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Columns(int rows, MemorySegment[] columns) implements Rows {
        static Columns of(int rows) {
            return new Columns(rows, Rows.Columns.of(rows).columns());
        }

        @Override
        public float scan() {
            var read = columns[READ];
            var a = FloatVector.zero(WIDEST);
            var b = a;
            var c = a;
            var d = a;
            long bytes = (long) rows * Float.BYTES;
            long step = WIDEST.vectorByteSize();
            for (long at = 0; at < bytes; at += 4 * step) {
                a = a.add(FloatVector.fromMemorySegment(WIDEST, read, at, ORDER));
                b = b.add(FloatVector.fromMemorySegment(WIDEST, read, at + step, ORDER));
                c = c.add(FloatVector.fromMemorySegment(WIDEST, read, at + 2 * step, ORDER));
                d = d.add(FloatVector.fromMemorySegment(WIDEST, read, at + 3 * step, ORDER));
            }
            return a.add(b).add(c.add(d)).reduceLanes(VectorOperators.ADD);
        }

        @Override
        public void transform() {
            long bytes = (long) rows * Float.BYTES;
            for (long at = 0; at < bytes; at += WIDEST.vectorByteSize()) {
                FloatVector.fromMemorySegment(WIDEST, columns[READ], at, ORDER)
                        .mul(FACTOR)
                        .add(FloatVector.fromMemorySegment(WIDEST, columns[ALSO_READ], at, ORDER))
                        .intoMemorySegment(columns[WRITTEN], at, ORDER);
            }
        }

        @Override
        public float written(int row) {
            return new Rows.Columns(rows, columns).written(row);
        }
    }

    /** A struct is a vector: all its columns come along, and one lane is wanted. */
    record Packed(int rows, MemorySegment structs) implements Rows {
        private static final VectorMask<Float> TO = VectorMask.fromLong(ROW, 1L << WRITTEN);
        private static final VectorShuffle<Float> READ_TO = VectorShuffle.fromOp(ROW, _ -> READ);
        private static final VectorShuffle<Float> ALSO_TO = VectorShuffle.fromOp(ROW, _ -> ALSO_READ);

        static Packed of(int rows) {
            return new Packed(rows, Rows.Packed.of(rows).structs());
        }

        @Override
        public float scan() {
            var a = FloatVector.zero(ROW);
            var b = a;
            var c = a;
            var d = a;
            long bytes = (long) rows * COLUMNS * Float.BYTES;
            long step = ROW.vectorByteSize();
            for (long at = 0; at < bytes; at += 4 * step) {
                a = a.add(FloatVector.fromMemorySegment(ROW, structs, at, ORDER));
                b = b.add(FloatVector.fromMemorySegment(ROW, structs, at + step, ORDER));
                c = c.add(FloatVector.fromMemorySegment(ROW, structs, at + 2 * step, ORDER));
                d = d.add(FloatVector.fromMemorySegment(ROW, structs, at + 3 * step, ORDER));
            }
            return a.add(b).add(c.add(d)).lane(READ);
        }

        @Override
        public void transform() {
            long bytes = (long) rows * COLUMNS * Float.BYTES;
            for (long at = 0; at < bytes; at += ROW.vectorByteSize()) {
                var row = FloatVector.fromMemorySegment(ROW, structs, at, ORDER);
                var result = row.rearrange(READ_TO).mul(FACTOR).add(row.rearrange(ALSO_TO));
                row.blend(result, TO).intoMemorySegment(structs, at, ORDER);
            }
        }

        @Override
        public float written(int row) {
            return new Rows.Packed(rows, structs).written(row);
        }
    }
}
