package sherd.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import sherd.engine.AggregateRequest.Function;
import sherd.engine.AggregateRequest.Grouping;
import sherd.engine.archive.file.ByteSink;
import sherd.engine.archive.index.QueryMemory;
import sherd.engine.archive.text.Matcher;
import sherd.engine.archive.text.Query;
import sherd.engine.archive.text.RowView;
import sherd.engine.error.ErrorCode;
import sherd.engine.error.StoreException;
import sherd.engine.memory.MemoryBudget;
import sherd.engine.schema.Column;
import sherd.engine.schema.ColumnType;
import sherd.engine.schema.TableDefinition;
import sherd.engine.table.SegmentSchema;

/** Sorts the rows of a scan into groups, in bounded memory, and computes one value of each. One owner. */
final class Aggregation implements RowVisitor, AutoCloseable {
    static final int MOST_GROUPS = 10_000;

    /** What a group takes beside its key, about. */
    private static final int GROUP_BYTES = 256;

    private static final int CHECK_EVERY = 1024;

    private final AggregateRequest request;
    private final TableDefinition definition;
    private final Query query;
    private final @Nullable Matcher matcher;
    private final int column;
    private final int[] by;
    private final QueryMemory memory;
    private final Map<Key, Group> groups = new HashMap<>();
    private final Key probe = new Key(new byte[0]);
    private final ByteSink keyBytes = new ByteSink();
    private byte[] text = {};
    private long rows;

    /** What rows of one group have in common, and what is computed of them. */
    private static final class Group {
        private final @Nullable Object[] key;
        private final Tally tally;
        private long rows;

        Group(@Nullable Object[] key, Tally tally) {
            this.key = key;
            this.tally = tally;
        }
    }

    Aggregation(TableDefinition definition, AggregateRequest request, MemoryBudget budget) {
        this.request = request;
        this.definition = definition;
        query = Query.parse(request.where());
        var columns = new SegmentSchema(definition).columns();
        matcher = query instanceof Query.All ? null : new Matcher(query, columns);
        column = request.column().map(this::indexOf).orElse(-1);
        if (column < 0 && request.function() != Function.COUNT) {
            throw new StoreException(
                    ErrorCode.INVALID_ARGUMENT,
                    "no column to compute of: fn=" + request.function().label() + "; name one with column=");
        }
        by = request.by().stream().mapToInt(this::indexOf).toArray();
        memory = new QueryMemory(budget, QueryMemory.USUAL_BYTES);
        boolean sound = false;
        try {
            newTally(); // is refused here and not by the first row
            sound = true;
        } finally {
            if (!sound) {
                memory.close();
            }
        }
    }

    private int indexOf(String name) {
        int index = definition.indexOf(name);
        if (index < 0) {
            throw new StoreException(
                    ErrorCode.INVALID_ARGUMENT,
                    "no such column: column='" + name + "' table=" + definition.name() + "; there are "
                            + String.join(
                                    ", ",
                                    definition.columns().stream()
                                            .map(Column::name)
                                            .toList()));
        }
        return index;
    }

    private int indexOf(Grouping grouping) {
        int index = indexOf(grouping.column());
        var type = definition.columns().get(index).type();
        if (grouping.windowMillis() != 0 && type != ColumnType.TIMESTAMP) {
            throw new StoreException(
                    ErrorCode.WRONG_TYPE,
                    "only times have windows: column='" + grouping.column() + "' type=" + type.label()
                            + "; name a timestamp column");
        }
        return index;
    }

    private Tally newTally() {
        var of = definition.columns().get(Math.max(0, column));
        return Tally.of(request.function(), of, memory);
    }

    ScanRequest scan() {
        return new ScanRequest(
                List.of(query), request.from(), request.to(), false, request.deadlineMillis(), request.reader());
    }

    @Override
    public void row(RowView row, long time, long id) {
        if (matcher != null && !matcher.matches(row)) {
            return;
        }
        if (++rows % CHECK_EVERY == 0 && request.cancelled().getAsBoolean()) {
            throw new StoreException(ErrorCode.CLOSED, "the computation was cancelled; ask again");
        }
        var group = group(row);
        group.rows++;
        if (column < 0 || !row.isNull(column)) {
            group.tally.add(row, column);
        }
    }

    private Group group(RowView row) {
        keyBytes.clear();
        for (int i = 0; i < by.length; i++) {
            putKey(row, by[i], request.by().get(i).windowMillis());
        }
        probe.set(keyBytes.array(), keyBytes.size());
        var known = groups.get(probe);
        return known == null ? newGroup(row) : known;
    }

    private void putKey(RowView row, int of, long window) {
        if (row.isNull(of)) {
            keyBytes.putByte(0);
            return;
        }
        keyBytes.putByte(1);
        switch (definition.columns().get(of).type()) {
            case TIMESTAMP -> keyBytes.putLong(windowStart(row.getLong(of), window));
            case INT64, INT32, BOOL -> keyBytes.putLong(row.getLong(of));
            case FLOAT64, FLOAT32 -> keyBytes.putLong(Double.doubleToLongBits(row.getDouble(of)));
            case STRING, BYTES, JSON -> {
                int length = row.length(of);
                if (text.length < length) {
                    text = new byte[length];
                }
                row.copyBytes(of, text, 0);
                keyBytes.putInt(length);
                keyBytes.putBytes(text, 0, length);
            }
        }
    }

    private static long windowStart(long time, long window) {
        return window == 0 ? time : time - Math.floorMod(time, window);
    }

    private Group newGroup(RowView row) {
        if (groups.size() == MOST_GROUPS) {
            throw new StoreException(
                    ErrorCode.INVALID_ARGUMENT,
                    "too many groups: limit=" + MOST_GROUPS
                            + "; group by columns of fewer values or longer windows, or narrow where and time");
        }
        memory.take(GROUP_BYTES + 2L * keyBytes.size());
        var values = new @Nullable Object[by.length];
        for (int i = 0; i < by.length; i++) {
            long window = request.by().get(i).windowMillis();
            values[i] = window == 0 || row.isNull(by[i])
                    ? RowValues.of(row, by[i], definition.columns().get(by[i]).type())
                    : (Object) windowStart(row.getLong(by[i]), window);
        }
        var group = new Group(values, newTally());
        groups.put(new Key(keyBytes.toArray()), group);
        return group;
    }

    long rows() {
        return rows;
    }

    /** Without grouping there is one, also of no rows. */
    List<AggregateResult.Group> groups() {
        if (by.length == 0 && groups.isEmpty()) {
            return List.of(new AggregateResult.Group(new Object[0], newTally().value(), 0));
        }
        var sorted = new ArrayList<>(groups.values());
        sorted.sort((left, right) -> compare(left.key, right.key));
        return sorted.stream()
                .map(group -> new AggregateResult.Group(group.key, group.tally.value(), group.rows))
                .toList();
    }

    private static int compare(@Nullable Object[] left, @Nullable Object[] right) {
        int order = 0;
        for (int i = 0; i < left.length && order == 0; i++) {
            order = compare(left[i], right[i]);
        }
        return order;
    }

    /** Nulls first; both are of one column. */
    private static int compare(@Nullable Object left, @Nullable Object right) {
        if (left == null || right == null) {
            return Boolean.compare(left != null, right != null);
        }
        return switch (left) {
            case Number number
            when number instanceof Double || number instanceof Float ->
                Double.compare(number.doubleValue(), ((Number) right).doubleValue());
            case Number number -> Long.compare(number.longValue(), ((Number) right).longValue());
            case Boolean truth -> Boolean.compare(truth, (Boolean) right);
            case byte[] bytes -> Arrays.compareUnsigned(bytes, (byte[]) right);
            default -> left.toString().compareTo(right.toString());
        };
    }

    @Override
    public void close() {
        memory.close();
    }

    /** A group's key as bytes; the one that looks others up is set again and again. */
    private static final class Key {
        private byte[] bytes;
        private int length;

        Key(byte[] bytes) {
            this.bytes = bytes;
            length = bytes.length;
        }

        void set(byte[] to, int count) {
            bytes = to;
            length = count;
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Key key && Arrays.equals(bytes, 0, length, key.bytes, 0, key.length);
        }

        @Override
        public int hashCode() {
            int hash = 1;
            for (int i = 0; i < length; i++) {
                hash = 31 * hash + bytes[i];
            }
            return hash;
        }
    }
}
