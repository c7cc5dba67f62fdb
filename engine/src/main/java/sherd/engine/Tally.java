package sherd.engine;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import sherd.engine.AggregateRequest.Function;
import sherd.engine.archive.index.QueryMemory;
import sherd.engine.archive.text.RowView;
import sherd.engine.error.ErrorCode;
import sherd.engine.error.StoreException;
import sherd.engine.schema.Column;
import sherd.engine.schema.ColumnType;

/** What is computed of one group: it is shown the rows that have a value. */
sealed interface Tally {
    void add(RowView row, int column);

    /** Null if there was no row. */
    @Nullable
    Object value();

    /** An empty one; WRONG_TYPE if the function means nothing for the column's values. */
    static Tally of(Function function, Column column, QueryMemory memory) {
        return switch (function) {
            case COUNT -> new Count();
            case SUM, AVG ->
                switch (column.type()) {
                    case INT64, INT32 -> new WholeSum(function == Function.AVG);
                    case FLOAT64, FLOAT32 -> new FractionSum(function == Function.AVG);
                    case BOOL, TIMESTAMP, STRING, BYTES, JSON -> throw wrongType(function, column);
                };
            case MIN, MAX ->
                switch (column.type()) {
                    case INT64, INT32, TIMESTAMP, BOOL -> new WholeBound(column.type(), function == Function.MAX);
                    case FLOAT64, FLOAT32 -> new FractionBound(column.type(), function == Function.MAX);
                    case STRING -> new TextBound(function == Function.MAX, memory);
                    case BYTES, JSON -> throw wrongType(function, column);
                };
        };
    }

    private static StoreException wrongType(Function function, Column column) {
        return new StoreException(
                ErrorCode.WRONG_TYPE,
                "there is no " + function.label() + " of such values: column='" + column.name() + "' type="
                        + column.type().label() + "; take a column of numbers, or count");
    }

    final class Count implements Tally {
        private long count;

        @Override
        public void add(RowView row, int column) {
            count++;
        }

        @Override
        public Object value() {
            return count;
        }
    }

    /** Exact: 128 bits hold the sum of as many longs as there can be. */
    final class WholeSum implements Tally {
        private final boolean average;
        private long low;
        private long high;
        private long count;

        WholeSum(boolean average) {
            this.average = average;
        }

        @Override
        public void add(RowView row, int column) {
            long value = row.getLong(column);
            long sum = low + value;
            high += (value >> 63) + (Long.compareUnsigned(sum, low) < 0 ? 1 : 0);
            low = sum;
            count++;
        }

        @Override
        public @Nullable Object value() {
            if (count == 0) {
                return null;
            }
            if (high == low >> 63) {
                return average ? (Object) ((double) low / count) : (Object) low;
            }
            var whole = BigInteger.valueOf(high)
                    .shiftLeft(64)
                    .add(BigInteger.valueOf(low >>> 1).shiftLeft(1))
                    .add(BigInteger.valueOf(low & 1));
            return average ? (Object) (whole.doubleValue() / count) : (Object) whole;
        }
    }

    final class FractionSum implements Tally {
        private final boolean average;
        private double sum;
        private long count;

        FractionSum(boolean average) {
            this.average = average;
        }

        @Override
        public void add(RowView row, int column) {
            sum += row.getDouble(column);
            count++;
        }

        @Override
        public @Nullable Object value() {
            return count == 0 ? null : (Object) (average ? sum / count : sum);
        }
    }

    final class WholeBound implements Tally {
        private final ColumnType type;
        private final boolean greatest;
        private boolean some;
        private long bound;

        WholeBound(ColumnType type, boolean greatest) {
            this.type = type;
            this.greatest = greatest;
        }

        @Override
        public void add(RowView row, int column) {
            long value = row.getLong(column);
            bound = !some ? value : greatest ? Math.max(bound, value) : Math.min(bound, value);
            some = true;
        }

        @Override
        public @Nullable Object value() {
            return some ? RowValues.whole(type, bound) : null;
        }
    }

    final class FractionBound implements Tally {
        private final ColumnType type;
        private final boolean greatest;
        private boolean some;
        private double bound;

        FractionBound(ColumnType type, boolean greatest) {
            this.type = type;
            this.greatest = greatest;
        }

        @Override
        public void add(RowView row, int column) {
            double value = row.getDouble(column);
            bound = !some ? value : greatest ? Math.max(bound, value) : Math.min(bound, value);
            some = true;
        }

        @Override
        public @Nullable Object value() {
            return some ? RowValues.fraction(type, bound) : null;
        }
    }

    /** By the bytes of UTF-8, which order text as its code points do. */
    final class TextBound implements Tally {
        private final boolean greatest;
        private final QueryMemory memory;
        private byte @Nullable [] bound;
        private byte[] next = {};
        private int length;

        TextBound(boolean greatest, QueryMemory memory) {
            this.greatest = greatest;
            this.memory = memory;
        }

        @Override
        public void add(RowView row, int column) {
            int bytes = row.length(column);
            if (next.length < bytes) {
                memory.take(bytes - (long) next.length);
                next = new byte[bytes];
            }
            row.copyBytes(column, next, 0);
            var old = bound;
            if (old == null || isBeyond(old, bytes)) {
                bound = next;
                next = old == null ? new byte[0] : old;
                length = bytes;
            }
        }

        private boolean isBeyond(byte[] old, int bytes) {
            int order = Arrays.compareUnsigned(next, 0, bytes, old, 0, length);
            return greatest ? order > 0 : order < 0;
        }

        @Override
        public @Nullable Object value() {
            return bound == null ? null : new String(bound, 0, length, StandardCharsets.UTF_8);
        }
    }
}
