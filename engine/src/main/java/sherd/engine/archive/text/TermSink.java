package sherd.engine.archive.text;

/** Takes the terms of a text; the bytes are valid during the call only. */
public interface TermSink {
    /** The next word, in the order of the text. */
    void word(byte[] buffer, int offset, int length);

    /** Words joined by one connector each, as one term; comes after its words. */
    void compound(byte[] buffer, int offset, int length);
}
