package sherd.bench.buffers;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Rows of eight floats in one layout. The scan adds up one column; the transform writes one column from two others. Plain
 * loops keep four sums, so that none waits for the addition before.
 *
 * <p>Values are small whole numbers, so that sums are exact in whatever order.
 */
interface Rows {
    int COLUMNS = 8;
    /** The column that a scan adds up, and the first that the transform reads. */
    int READ = 0;
    /** The second that the transform reads. */
    int ALSO_READ = 1;

    /** The column that the transform writes. */
    int WRITTEN = 7;

    float FACTOR = 2;

    static float valueOf(int row, int column) {
        return row + column & 3;
    }

    float scan();

    void transform();

    /** What the transform has written. */
    float written(int row);

    /** A struct of arrays, off the heap and aligned as pages are. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Columns(int rows, MemorySegment[] columns) implements Rows {
        private static final int ALIGNMENT = 64;

        static Columns of(int rows) {
            var columns = new MemorySegment[COLUMNS];
            for (int column = 0; column < COLUMNS; column++) {
                columns[column] = Arena.global().allocate((long) rows * Float.BYTES, ALIGNMENT);
                for (int row = 0; row < rows; row++) {
                    columns[column].setAtIndex(JAVA_FLOAT, row, valueOf(row, column));
                }
            }
            return new Columns(rows, columns);
        }

        @Override
        public float scan() {
            var read = columns[READ];
            float a = 0;
            float b = 0;
            float c = 0;
            float d = 0;
            for (int row = 0; row < rows; row += 4) {
                a += read.getAtIndex(JAVA_FLOAT, row);
                b += read.getAtIndex(JAVA_FLOAT, row + 1);
                c += read.getAtIndex(JAVA_FLOAT, row + 2);
                d += read.getAtIndex(JAVA_FLOAT, row + 3);
            }
            return a + b + c + d;
        }

        @Override
        public void transform() {
            var read = columns[READ];
            var also = columns[ALSO_READ];
            var to = columns[WRITTEN];
            for (int row = 0; row < rows; row++) {
                to.setAtIndex(
                        JAVA_FLOAT, row, read.getAtIndex(JAVA_FLOAT, row) * FACTOR + also.getAtIndex(JAVA_FLOAT, row));
            }
        }

        @Override
        public float written(int row) {
            return columns[WRITTEN].getAtIndex(JAVA_FLOAT, row);
        }
    }

    /** An array of structs, off the heap, one after the other. */
    record Packed(int rows, MemorySegment structs) implements Rows {
        static Packed of(int rows) {
            var structs = Arena.global().allocate((long) rows * COLUMNS * Float.BYTES, Columns.ALIGNMENT);
            for (int row = 0; row < rows; row++) {
                for (int column = 0; column < COLUMNS; column++) {
                    structs.setAtIndex(JAVA_FLOAT, (long) row * COLUMNS + column, valueOf(row, column));
                }
            }
            return new Packed(rows, structs);
        }

        private float at(int row, int column) {
            return structs.getAtIndex(JAVA_FLOAT, (long) row * COLUMNS + column);
        }

        @Override
        public float scan() {
            float a = 0;
            float b = 0;
            float c = 0;
            float d = 0;
            for (int row = 0; row < rows; row += 4) {
                a += at(row, READ);
                b += at(row + 1, READ);
                c += at(row + 2, READ);
                d += at(row + 3, READ);
            }
            return a + b + c + d;
        }

        @Override
        public void transform() {
            for (int row = 0; row < rows; row++) {
                structs.setAtIndex(
                        JAVA_FLOAT, (long) row * COLUMNS + WRITTEN, at(row, READ) * FACTOR + at(row, ALSO_READ));
            }
        }

        @Override
        public float written(int row) {
            return at(row, WRITTEN);
        }
    }

    /** An array of structs as Java has it: of references to objects, made one after the other. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Objects(Struct[] structs) implements Rows {
        /** A row. */
        static final class Struct {
            float a;
            float b;
            float c;
            float d;
            float e;
            float f;
            float g;
            float h;

            Struct(int row) {
                a = valueOf(row, 0);
                b = valueOf(row, 1);
                c = valueOf(row, 2);
                d = valueOf(row, 3);
                e = valueOf(row, 4);
                f = valueOf(row, 5);
                g = valueOf(row, 6);
                h = valueOf(row, 7);
            }
        }

        static Objects of(int rows) {
            var structs = new Struct[rows];
            for (int row = 0; row < rows; row++) {
                structs[row] = new Struct(row);
            }
            return new Objects(structs);
        }

        @Override
        public float scan() {
            float a = 0;
            float b = 0;
            float c = 0;
            float d = 0;
            for (int row = 0; row < structs.length; row += 4) {
                a += structs[row].a;
                b += structs[row + 1].a;
                c += structs[row + 2].a;
                d += structs[row + 3].a;
            }
            return a + b + c + d;
        }

        @Override
        public void transform() {
            for (var struct : structs) {
                struct.h = struct.a * FACTOR + struct.b;
            }
        }

        @Override
        public float written(int row) {
            return structs[row].h;
        }
    }
}
