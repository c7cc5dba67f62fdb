package sherd.engine.table;

import sherd.engine.memory.OffHeap;

/**
 * The fields of a small hash as one run of bytes, in the order they were first set.
 *
 * <pre>
 * field:  length of the name (int) | length of the value (int) | name | value
 * </pre>
 */
public final class FieldList {
    static final int HEADER = 8;

    private FieldList() {}

    public static int nameLength(long field) {
        return OffHeap.getInt(field);
    }

    public static int valueLength(long field) {
        return OffHeap.getInt(field + 4);
    }

    public static long name(long field) {
        return field + HEADER;
    }

    public static long value(long field) {
        return field + HEADER + nameLength(field);
    }

    public static long bytes(int nameLength, int valueLength) {
        return HEADER + (long) nameLength + valueLength;
    }

    public static long bytes(long field) {
        return bytes(nameLength(field), valueLength(field));
    }

    static void write(long field, long name, int nameLength, long value, int valueLength) {
        OffHeap.putInt(field, nameLength);
        OffHeap.putInt(field + 4, valueLength);
        OffHeap.copy(name, field + HEADER, nameLength);
        OffHeap.copy(value, field + HEADER + nameLength, valueLength);
    }

    /** The same from arrays; returns the bytes written. */
    public static int write(long field, byte[] name, byte[] value) {
        OffHeap.putInt(field, name.length);
        OffHeap.putInt(field + 4, value.length);
        OffHeap.copy(name, 0, field + HEADER, name.length);
        OffHeap.copy(value, 0, field + HEADER + name.length, value.length);
        return HEADER + name.length + value.length;
    }

    /** The field of that name in a list, or 0. */
    static long find(long list, int listBytes, long name, int length) {
        long end = list + listBytes;
        for (long field = list; field < end; field += bytes(field)) {
            if (nameLength(field) == length && OffHeap.equal(name(field), name, length)) {
                return field;
            }
        }
        return 0;
    }
}
