package sherd.engine.command;

/** What a key holds now. */
public enum Kind {
    ABSENT,
    /** One run of bytes. */
    STRING,
    /** Free-form fields. */
    HASH,
    /** A row of a record table; its fields are the table's columns. */
    ROW
}
