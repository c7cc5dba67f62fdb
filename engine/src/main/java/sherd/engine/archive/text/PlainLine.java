package sherd.engine.archive.text;

/** A row's text, to look for parts in. Not thread-safe. */
final class PlainLine {
    private static final int LEAST_BYTES = 4 << 10;
    private static final int KEEP_BYTES = 1 << 20;

    private byte[] bytes = new byte[LEAST_BYTES];
    private int length;

    /** Takes a row's value; false if it is not plain ASCII. */
    boolean take(RowView row, int column) {
        length = row.length(column);
        int room = Math.addExact(length, TextPart.PADDING);
        if (bytes.length < room || bytes.length > Math.max(room, KEEP_BYTES)) {
            bytes = new byte[Math.max(room, LEAST_BYTES)];
        }
        row.copyBytes(column, bytes, 0);
        return AsciiCutter.isAscii(bytes, 0, length);
    }

    boolean has(TextPart part) {
        return part.isIn(bytes, 0, length);
    }
}
