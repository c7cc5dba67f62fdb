package sherd.server.parquet;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import org.apache.parquet.format.Statistics;
import sherd.engine.schema.ColumnType;

/** Least and greatest value of a column chunk, for columns of fixed width, so that readers can pass over it. */
final class Bounds {
    private final ColumnType type;
    private long nulls;
    private boolean known;
    private long leastLong = Long.MAX_VALUE;
    private long greatestLong = Long.MIN_VALUE;
    private double leastDouble = Double.POSITIVE_INFINITY;
    private double greatestDouble = Double.NEGATIVE_INFINITY;
    private boolean notANumber;

    Bounds(ColumnType type) {
        this.type = type;
    }

    void addNull() {
        nulls++;
    }

    void add(long value) {
        known = true;
        leastLong = Math.min(leastLong, value);
        greatestLong = Math.max(greatestLong, value);
    }

    void add(double value) {
        known = true;
        notANumber |= Double.isNaN(value);
        leastDouble = Math.min(leastDouble, value);
        greatestDouble = Math.max(greatestDouble, value);
    }

    Statistics statistics() {
        var statistics = new Statistics().setNull_count(nulls);
        if (known && !notANumber) {
            least().ifPresent(value -> statistics.setMin_value(value).setIs_min_value_exact(true));
            greatest().ifPresent(value -> statistics.setMax_value(value).setIs_max_value_exact(true));
        }
        return statistics;
    }

    /** The format wants a zero to have the sign that excludes nothing. */
    private Optional<byte[]> least() {
        return encoded(leastLong, leastDouble == 0 ? -0.0 : leastDouble);
    }

    private Optional<byte[]> greatest() {
        return encoded(greatestLong, greatestDouble == 0 ? 0.0 : greatestDouble);
    }

    private Optional<byte[]> encoded(long whole, double fraction) {
        var bytes = ByteBuffer.allocate(type.fixed() ? type.width() : 0).order(ByteOrder.LITTLE_ENDIAN);
        switch (type) {
            case INT64, TIMESTAMP -> bytes.putLong(whole);
            case INT32 -> bytes.putInt((int) whole);
            case BOOL -> bytes.put((byte) whole);
            case FLOAT64 -> bytes.putDouble(fraction);
            case FLOAT32 -> bytes.putFloat((float) fraction);
            case STRING, BYTES, JSON -> {
                return Optional.empty();
            }
        }
        return Optional.of(bytes.array());
    }
}
