package sherd.server.loki;

import java.util.BitSet;

/** The values of one label set, at those points where it has one. */
final class Series {
    private final double[] values;
    private final BitSet present;

    Series(int points) {
        values = new double[points];
        present = new BitSet(points);
    }

    boolean has(int point) {
        return present.get(point);
    }

    double get(int point) {
        return values[point];
    }

    void set(int point, double value) {
        values[point] = value;
        present.set(point);
    }

    int points() {
        return values.length;
    }

    boolean isEmpty() {
        return present.isEmpty();
    }
}
