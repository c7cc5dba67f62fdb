package sherd.engine.archive.text;

/** One row's values, wherever they live. Columns count from 0 in the order of the table's or segment's columns. */
public interface RowView {
    boolean isNull(int column);

    /** Of INT64, INT32, TIMESTAMP and BOOL (0 or 1). */
    long getLong(int column);

    /** Of FLOAT64 and FLOAT32. */
    double getDouble(int column);

    /** Bytes of a STRING, BYTES or JSON value. */
    int length(int column);

    /** Copies such a value, all of it. */
    void copyBytes(int column, byte[] target, int offset);
}
