package sherd.engine.route;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import sherd.engine.command.Kind;
import sherd.engine.error.ErrorCode;
import sherd.engine.error.StoreException;
import sherd.engine.memory.MemoryBudget;
import sherd.engine.memory.OffHeap;
import sherd.engine.memory.Region;
import sherd.engine.schema.Column;
import sherd.engine.schema.ColumnText;
import sherd.engine.table.FieldList;

/** The fields of a session's current key: a hash's own, or a row's columns as text. */
final class Fields implements AutoCloseable {
    private final Session session;
    private final Region list;
    private final Region text;

    private long value;
    private int valueLength;
    private long name;
    private int nameLength;

    private long walk;
    private long walkEnd;
    private int listBytes;
    private @Nullable Object @Nullable [] row;

    Fields(Session session, MemoryBudget budget) {
        this.session = session;
        list = new Region(budget, MemoryBudget.Purpose.NETWORK, 1024);
        text = new Region(budget, MemoryBudget.Purpose.NETWORK, 256);
    }

    /** The current key has changed. */
    void forget() {
        row = null;
    }

    long valueAddress() {
        return value;
    }

    int valueLength() {
        return valueLength;
    }

    long nameAddress() {
        return name;
    }

    int nameLength() {
        return nameLength;
    }

    int count() {
        if (!isRow()) {
            return session.kind() == Kind.HASH ? session.store().fieldCount() : 0;
        }
        int count = 0;
        for (var column : rowValues()) {
            count += column == null ? 0 : 1;
        }
        return count;
    }

    boolean find(long wanted, int length) {
        if (isRow()) {
            int column = columnOf(wanted, length);
            var found = column < 0 ? null : rowValues()[column];
            if (found == null) {
                return false;
            }
            writeText(ColumnText.format(columns().get(column).type(), found));
            return true;
        }
        long field = session.store().findField(wanted, length);
        if (field == 0) {
            return false;
        }
        value = FieldList.value(field);
        valueLength = FieldList.valueLength(field);
        return true;
    }

    boolean put(long field, int length, long bytes, int count) {
        if (session.table().definition().freeForm()) {
            boolean absent = session.kind() == Kind.ABSENT;
            long counter = session.changing().nextCounter();
            boolean fresh = session.store().putField(field, length, bytes, count, counter, session.seconds());
            if (absent) {
                int listed = session.store().readFields(list, 0);
                session.logWhole(Kind.HASH, list.address(), listed, 1);
            } else {
                session.logPutField(field, length, bytes, count);
            }
            return fresh;
        }
        int column = requireColumn(field, length);
        var values = currentValues().clone();
        var before = values[column];
        values[column] = parse(column, before, bytes, count);
        session.putRow(values);
        return before == null;
    }

    /** Fails where {@link #put} would, and changes nothing: whoever sets several columns sets all of them or none. */
    void checkPut(long field, int length, long bytes, int count) {
        if (!session.table().definition().freeForm()) {
            int column = requireColumn(field, length);
            parse(column, currentValues()[column], bytes, count);
        }
    }

    private @Nullable Object[] currentValues() {
        return session.kind() == Kind.ABSENT ? session.table().rowKey().row(session.currentKey()) : rowValues();
    }

    private Object parse(int column, @Nullable Object before, long bytes, int count) {
        var parsed = ColumnText.parse(columns().get(column), OffHeap.toArray(bytes, count));
        if (isKey(column) && before != null && !same(column, before, parsed)) {
            throw new StoreException(
                    ErrorCode.INVALID_ARGUMENT,
                    "a key column cannot change: column='"
                            + columns().get(column).name() + "'");
        }
        return parsed;
    }

    private boolean same(int column, Object before, Object parsed) {
        var type = columns().get(column).type();
        return java.util.Arrays.equals(ColumnText.format(type, before), ColumnText.format(type, parsed));
    }

    boolean remove(long field, int length) {
        if (!isRow()) {
            long counter = session.changing().nextCounter();
            if (!session.store().removeField(field, length, counter, session.seconds())) {
                return false;
            }
            session.logRemoveField(field, length, counter);
            return true;
        }
        int column = columnOf(field, length);
        if (column < 0 || rowValues()[column] == null) {
            return false;
        }
        requireNoKey(column);
        var values = rowValues().clone();
        values[column] = null;
        session.putRow(values);
        return true;
    }

    /** Fails where {@link #remove} would, and changes nothing. */
    void checkRemove(long field, int length) {
        if (isRow()) {
            int column = columnOf(field, length);
            if (column >= 0) {
                requireNoKey(column);
            }
        }
    }

    private void requireNoKey(int column) {
        if (isKey(column)) {
            throw new StoreException(
                    ErrorCode.INVALID_ARGUMENT,
                    "a key column cannot be removed: column='"
                            + columns().get(column).name() + "'; delete the row instead");
        }
    }

    void first() {
        if (isRow()) {
            listBytes = copyColumns();
        } else {
            listBytes = session.kind() == Kind.HASH ? session.store().readFields(list, 0) : 0;
        }
        walk = list.address();
        walkEnd = walk + listBytes;
    }

    boolean next() {
        if (walk == walkEnd) {
            return false;
        }
        name = FieldList.name(walk);
        nameLength = FieldList.nameLength(walk);
        value = FieldList.value(walk);
        valueLength = FieldList.valueLength(walk);
        walk += FieldList.bytes(walk);
        return true;
    }

    /** All fields one after the other, in a place of their own. */
    long copyList() {
        first();
        return list.address();
    }

    int listBytes() {
        return listBytes;
    }

    private int copyColumns() {
        int bytes = 0;
        var values = rowValues();
        for (int i = 0; i < values.length; i++) {
            var columnValue = values[i];
            if (columnValue == null) {
                continue;
            }
            var column = columns().get(i);
            var columnName = column.name().getBytes(StandardCharsets.UTF_8);
            var columnText = ColumnText.format(column.type(), columnValue);
            list.ensure(bytes + FieldList.bytes(columnName.length, columnText.length));
            bytes += FieldList.write(list.address() + bytes, columnName, columnText);
        }
        return bytes;
    }

    /** The current row in the form of {@link sherd.engine.command.RowLayout}. */
    long readRow() {
        session.store().readRow(text);
        return text.address();
    }

    private void writeText(byte[] bytes) {
        text.ensure(bytes.length);
        OffHeap.copy(bytes, 0, text.address(), bytes.length);
        value = text.address();
        valueLength = bytes.length;
    }

    private boolean isRow() {
        return session.kind() == Kind.ROW;
    }

    private @Nullable Object[] rowValues() {
        if (row == null) {
            row = session.row();
        }
        return row;
    }

    private java.util.List<Column> columns() {
        return session.table().definition().columns();
    }

    private boolean isKey(int column) {
        return session.table().definition().key().contains(columns().get(column).name());
    }

    private int columnOf(long field, int length) {
        return session.table().definition().indexOf(new String(OffHeap.toArray(field, length), StandardCharsets.UTF_8));
    }

    private int requireColumn(long field, int length) {
        int column = columnOf(field, length);
        if (column < 0) {
            throw new StoreException(
                    ErrorCode.UNKNOWN_COLUMN,
                    "no such column: table=" + session.table().definition().name() + " column='"
                            + new String(OffHeap.toArray(field, length), StandardCharsets.UTF_8) + "'");
        }
        return column;
    }

    @Override
    public void close() {
        list.close();
        text.close();
    }
}
