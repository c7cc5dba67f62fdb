package sherd.engine;

import java.util.ArrayList;
import java.util.List;
import sherd.engine.archive.Segment;
import sherd.engine.archive.SegmentColumn;
import sherd.engine.archive.SegmentMeta;
import sherd.engine.command.Kind;
import sherd.engine.memory.MemoryBudget;
import sherd.engine.schema.Column;
import sherd.engine.schema.TableName;
import sherd.engine.table.RecordSegment;

/**
 * The rows that one segment has, as its table would show them if there were nothing else: without tombstones, whatever
 * newer segments and memory say.
 */
public final class SegmentRows {
    private SegmentRows() {}

    /** What a visitor's rows have. */
    public static List<Column> columns(SegmentMeta meta) {
        if (freeForm(meta)) {
            return FreeFormRows.COLUMNS;
        }
        var columns = new ArrayList<Column>();
        for (var column : meta.columns()) {
            if (!column.hidden()) {
                columns.add(new Column(column.name(), column.type()));
            }
        }
        return columns;
    }

    private static boolean freeForm(SegmentMeta meta) {
        return meta.table().equals(TableName.KEY_VALUE);
    }

    /** Shows the rows of a range of time, all of them if they have no times. Blocks. */
    public static void scan(Segment segment, ScanRequest request, RowVisitor visitor, MemoryBudget budget) {
        var meta = segment.meta();
        var asked = request.range();
        var names = meta.columns().stream().map(SegmentColumn::name).toList();
        int kind = hidden(meta, names, "_kind");
        int key = hidden(meta, names, "_key");
        var cursor = segment.walk();
        try (var keyRows = new FreeFormRows(visitor, budget)) {
            for (long row = 0; row < meta.rows(); row++) {
                cursor.seek(row);
                var what = kind < 0 ? Kind.ROW : RecordSegment.kind((int) cursor.getLong(kind));
                boolean timed = meta.timeColumn() >= 0;
                long time = timed && !cursor.isNull(meta.timeColumn()) ? cursor.getLong(meta.timeColumn()) : 0;
                if (what == Kind.ABSENT || (timed && !asked.has(time))) {
                    continue;
                }
                if (freeForm(meta)) {
                    keyRows.show(cursor, what, cursor.getBytes(key));
                } else {
                    visitor.row(cursor, time, 0);
                }
            }
        }
    }

    private static int hidden(SegmentMeta meta, List<String> names, String name) {
        int at = names.lastIndexOf(name);
        return at >= 0 && meta.columns().get(at).hidden() ? at : -1;
    }
}
