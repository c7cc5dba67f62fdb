package sherd.bench.load;

import java.util.SplittableRandom;

/**
 * Ranks 1 to {@code count} by Zipf's law: rank {@code k} comes with a probability proportional to {@code k^-exponent}.
 * Drawn by rejection-inversion (Hörmann and Derflinger, 1996), which needs no table, so that a hundred million keys
 * cost no more than ten.
 */
final class Zipf {
    private static final double NEARLY_ONE = 1e-9;

    private final long count;
    private final double exponent;
    private final SplittableRandom random;
    private final double areaOfFirst;
    private final double areaOfAll;
    private final double accepted;

    Zipf(long count, double exponent, SplittableRandom random) {
        if (count < 1 || !(exponent > 0)) {
            throw new IllegalArgumentException(
                    "needs a count of at least 1 and an exponent above 0: count=" + count + " exponent=" + exponent);
        }
        this.count = count;
        this.exponent = exponent;
        this.random = random;
        areaOfFirst = area(1.5) - 1;
        areaOfAll = area(count + 0.5);
        accepted = 2 - inverse(area(2.5) - weight(2));
    }

    long next() {
        while (true) {
            double drawn = areaOfAll + random.nextDouble() * (areaOfFirst - areaOfAll);
            double at = inverse(drawn);
            long rank = Math.clamp(Math.round(at), 1, count);
            // Most ranks are right at once; the exact test is for where the curve leaves its step.
            if (rank - at <= accepted || drawn >= area(rank + 0.5) - weight((double) rank)) {
                return rank;
            }
        }
    }

    private double weight(double rank) {
        return Math.pow(rank, -exponent);
    }

    /** Below the curve, from 1 on. */
    private double area(double rank) {
        double rest = 1 - exponent;
        return Math.abs(rest) < NEARLY_ONE ? Math.log(rank) : (Math.pow(rank, rest) - 1) / rest;
    }

    private double inverse(double area) {
        double rest = 1 - exponent;
        return Math.abs(rest) < NEARLY_ONE ? Math.exp(area) : Math.pow(Math.max(0, 1 + area * rest), 1 / rest);
    }
}
