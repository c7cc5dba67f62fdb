package sherd.engine.route;

import java.util.List;
import org.jspecify.annotations.Nullable;
import sherd.engine.command.Kind;
import sherd.engine.command.MutationLayout;
import sherd.engine.command.RowLayout;
import sherd.engine.memory.OffHeap;
import sherd.engine.schema.Column;
import sherd.engine.table.FieldList;

/**
 * Whether a change of the commit log holds together. A checksum says that the bytes are those that were written, not
 * that what wrote them was this program, and whoever follows a wrong length in native memory takes the process down.
 */
@SuppressWarnings("EnumOrdinal") // kinds are stored by their ordinal
final class ChangeCheck {
    /** No value is longer. */
    private static final long MAX_VALUE_BYTES = 512L << 20;

    private static final int KINDS = Kind.values().length;

    private ChangeCheck() {}

    /** What is wrong with the lengths of the change at an address with so many bytes behind it, or null. */
    static @Nullable String framing(long at, long rest) {
        if (!MutationLayout.fits(at, rest)) {
            return "a change runs past its batch";
        }
        return MutationLayout.second(at) < 0 || MutationLayout.kindNumber(at) >= KINDS
                ? "a change has an impossible header"
                : null;
    }

    /** What is wrong with what a well-framed change carries for a table of these columns, or null. */
    static @Nullable String content(long at, List<Column> columns) {
        long first = MutationLayout.first(at);
        int bytes = MutationLayout.firstLength(at);
        long second = MutationLayout.second(at);
        boolean sound = switch (MutationLayout.operation(at)) {
            case MutationLayout.PUT ->
                dots(at)
                        && switch (MutationLayout.kind(at)) {
                            case STRING -> true;
                            case HASH -> fields(first, bytes) == second && second > 0;
                            case ROW -> row(first, bytes, columns) == bytes;
                            case ABSENT -> false;
                        };
            case MutationLayout.WRITE -> second + bytes <= MAX_VALUE_BYTES;
            case MutationLayout.APPEND -> rows(at, columns);
            default -> true;
        };
        return sound ? null : "what a change carries does not hold together";
    }

    /** The number of fields in a list, or -1 if they do not fill it. */
    private static long fields(long list, long bytes) {
        long at = 0;
        long count = 0;
        while (at < bytes) {
            if (bytes - at < FieldList.bytes(0, 0)
                    || FieldList.nameLength(list + at) < 0
                    || FieldList.valueLength(list + at) < 0) {
                return -1;
            }
            at += FieldList.bytes(list + at);
            count++;
        }
        return at == bytes ? count : -1;
    }

    /** The bytes of the row at an address, or -1 if it does not hold together or needs more than there are. */
    private static long row(long row, long rest, List<Column> columns) {
        long at = RowLayout.values(0, columns.size());
        if (rest < at) {
            return -1;
        }
        int length = RowLayout.length(row);
        if (length < at || length > rest) {
            return -1;
        }
        for (int i = 0; i < columns.size(); i++) {
            if (RowLayout.isNull(row, i)) {
                continue;
            }
            var type = columns.get(i).type();
            long left = length - at;
            if (left < type.width() || (!type.fixed() && (left < Integer.BYTES || OffHeap.getInt(row + at) < 0))) {
                return -1;
            }
            at += type.fixed() ? type.width() : (long) Integer.BYTES + OffHeap.getInt(row + at);
            if (at > length) {
                return -1;
            }
        }
        return at == length ? length : -1;
    }

    private static boolean rows(long at, List<Column> columns) {
        long id = MutationLayout.counter(at);
        int count = MutationLayout.second(at);
        long row = MutationLayout.first(at);
        long rest = MutationLayout.firstLength(at);
        if (id < 0 || id > Long.MAX_VALUE - count) {
            return false;
        }
        for (int i = 0; i < count; i++) {
            long bytes = row(row, rest, columns);
            if (bytes < 0) {
                return false;
            }
            row += bytes;
            rest -= bytes;
        }
        return rest == 0;
    }

    /** Shards in order, each once, with a counter. */
    private static boolean dots(long at) {
        int before = -1;
        for (int i = 0; i < MutationLayout.dots(at); i++) {
            long dot = MutationLayout.dot(at, i);
            int shard = OffHeap.getInt(dot);
            if (shard <= before || OffHeap.getLong(dot + Integer.BYTES) < 1) {
                return false;
            }
            before = shard;
        }
        return true;
    }
}
