package sherd.bench.frame;

import java.util.Locale;

/**
 * Something measured of every side in every round.
 *
 * @param decimals shown; all are kept
 * @param drawn whether the plot has a panel of it
 */
public record Metric(String name, String unit, int decimals, boolean drawn) {
    public static Metric drawn(String name, String unit, int decimals) {
        return new Metric(name, unit, decimals, true);
    }

    public static Metric shown(String name, String unit, int decimals) {
        return new Metric(name, unit, decimals, false);
    }

    String title() {
        return unit.isEmpty() ? name : name + ", " + unit;
    }

    String format(double value) {
        return String.format(Locale.ROOT, "%,." + decimals + "f", value);
    }
}
