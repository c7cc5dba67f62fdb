package sherd.engine.archive.text;

import java.util.Arrays;

/** The text of a column in the rows of one batch, one value after the other. Used again for the next batch. One owner. */
public final class TextRows {
    private byte[] bytes = {};
    private int[] starts = {};

    /** Memory of room for so many rows and their text. */
    public static long roomBytes(int rows, int length) {
        return length + (long) TextPart.PADDING + (rows + 1L) * Integer.BYTES;
    }

    /** Makes room for other rows and their text; what was there is lost. */
    public void room(int rows, int length) {
        int room = Math.addExact(length, TextPart.PADDING);
        if (bytes.length < room) {
            bytes = new byte[room];
        }
        Arrays.fill(bytes, length, room, (byte) 0);
        if (starts.length <= rows) {
            starts = new int[rows + 1];
        }
    }

    /** Memory it has. */
    public long heldBytes() {
        return bytes.length + (long) starts.length * Integer.BYTES;
    }

    /** The text. */
    public byte[] bytes() {
        return bytes;
    }

    /** Where each value starts, and behind them where the last one ends. */
    public int[] starts() {
        return starts;
    }
}
