package sherd.server.observe;

import java.math.BigDecimal;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Prometheus' text format, version 0.0.4. */
public final class MetricsText {
    /** Classes that a histogram is published in: powers of two of nanoseconds, from 1 us to 17 s. */
    private static final int FIRST_BIT = 10;

    private static final int LAST_BIT = 34;

    private final StringBuilder out = new StringBuilder(8192);

    public void gauge(String name, String help) {
        family(name, "gauge", help);
    }

    public void counter(String name, String help) {
        family(name, "counter", help);
    }

    /** A whole family of one figure. */
    public void gauge(String name, String help, long value) {
        gauge(name, help);
        sample(name, "", value);
    }

    /** A whole family of one figure. */
    public void counter(String name, String help, long value) {
        counter(name, help);
        sample(name, "", value);
    }

    private void family(String name, String type, String help) {
        out.append("# HELP ").append(name).append(' ').append(help).append('\n');
        out.append("# TYPE ").append(name).append(' ').append(type).append('\n');
    }

    /** One figure of the family named last; {@code labels} may be empty. */
    public void sample(String name, String labels, long value) {
        line(name, labels, Long.toString(value));
    }

    /** The same for a time, in seconds. */
    public void seconds(String name, String labels, long nanos) {
        line(name, labels, seconds(nanos));
    }

    /** A whole family: the sum of several histograms. */
    public void histogram(String name, String help, List<Histogram> parts) {
        family(name, "histogram", help);
        for (int bit = FIRST_BIT; bit <= LAST_BIT; bit++) {
            long limit = 1L << bit;
            long count =
                    parts.stream().mapToLong(part -> part.shorterThan(limit)).sum();
            sample(name + "_bucket", "le=\"" + seconds(limit) + "\"", count);
        }
        long all = parts.stream().mapToLong(Histogram::count).sum();
        sample(name + "_bucket", "le=\"+Inf\"", all);
        seconds(name + "_sum", "", parts.stream().mapToLong(Histogram::sumNanos).sum());
        sample(name + "_count", "", all);
    }

    private void line(String name, String labels, String value) {
        out.append(name);
        if (!labels.isEmpty()) {
            out.append('{').append(labels).append('}');
        }
        out.append(' ').append(value).append('\n');
    }

    private static String seconds(long nanos) {
        return BigDecimal.valueOf(nanos)
                .divide(BigDecimal.valueOf(TimeUnit.SECONDS.toNanos(1)))
                .stripTrailingZeros()
                .toPlainString();
    }

    @Override
    public String toString() {
        return out.toString();
    }
}
