package sherd.bench.buffers;

import java.util.Arrays;
import java.util.List;

/** Works on rows of one layout, many times, and says how long it took. */
public final class ArraysProcess {
    /** What a JVM needs besides. */
    public static final List<String> OPTIONS =
            List.of("-Xms1600m", "-Xmx1600m", "--add-modules", "jdk.incubator.vector");

    private static final int WARM_UPS = 10;
    private static final int REPETITIONS = 11;

    private ArraysProcess() {}

    /** Which layout. */
    public enum Layout {
        COLUMNS,
        PACKED,
        OBJECTS;

        /** The Vector API has no way to objects. */
        public boolean hasVectors() {
            return this != OBJECTS;
        }
    }

    /** What is done with the rows. */
    public enum Work {
        SCAN,
        TRANSFORM
    }

    /** The median time of the repetitions, in nanoseconds, from what the process has printed. */
    public static long parse(String printed) {
        return Long.parseLong(printed.strip().lines().toList().getLast());
    }

    /** Layout, work, {@code vector} or {@code plain}, rows. */
    public static void main(String[] args) {
        int rows = Integer.parseInt(args[3]);
        if (rows % VectorRows.STEP != 0) {
            throw new IllegalArgumentException("rows must be a multiple of " + VectorRows.STEP + ": rows=" + rows);
        }
        var made = rows(Layout.valueOf(args[0]), args[2].equals("vector"), rows);
        System.out.println(measure(made, Work.valueOf(args[1]), rows));
    }

    private static Rows rows(Layout layout, boolean vectors, int rows) {
        return switch (layout) {
            case COLUMNS -> vectors ? VectorRows.Columns.of(rows) : Rows.Columns.of(rows);
            case PACKED -> vectors ? VectorRows.Packed.of(rows) : Rows.Packed.of(rows);
            case OBJECTS -> Rows.Objects.of(rows);
        };
    }

    private static long measure(Rows made, Work work, int rows) {
        var nanos = new long[WARM_UPS + REPETITIONS];
        for (int i = 0; i < nanos.length; i++) {
            long began = System.nanoTime();
            switch (work) {
                case SCAN -> check(made.scan(), rows / 4 * 6, "scan"); // 0 + 1 + 2 + 3 in each four
                case TRANSFORM -> made.transform();
            }
            nanos[i] = System.nanoTime() - began;
        }
        for (int row = 0; work == Work.TRANSFORM && row < rows; row++) {
            float wanted = Rows.valueOf(row, Rows.READ) * Rows.FACTOR + Rows.valueOf(row, Rows.ALSO_READ);
            check(made.written(row), wanted, "row " + row);
        }
        Arrays.sort(nanos, WARM_UPS, nanos.length);
        return nanos[WARM_UPS + REPETITIONS / 2];
    }

    private static void check(float found, float wanted, String what) {
        if (found != wanted) {
            throw new IllegalStateException("wrong result: " + what + " is " + found + " and not " + wanted);
        }
    }
}
