package sherd.engine.archive.text;

/** Takes the terms of a text; the bytes are valid until {@link #endText}. */
public interface TermSink {
    /** The next word, in the order of the text; what stood between words in the text lies between them in the buffer. */
    void word(byte[] buffer, int offset, int length);

    /** Words joined by one connector each, as one term; comes after its words. */
    default void compound(byte[] buffer, int offset, int length) {}

    /** Joined words that are too long to be a term. */
    default void leftOutCompound() {}

    /** The text has no further terms; its bytes were valid until now. */
    default void endText() {}
}
