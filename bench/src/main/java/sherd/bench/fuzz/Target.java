package sherd.bench.fuzz;

import java.util.List;

/** A reader of foreign bytes with a judge behind it. Used by one thread. */
public interface Target extends AutoCloseable {
    /** Inputs that lead deep into the reader. */
    List<byte[]> seeds();

    /** Tokens that the reader knows. */
    List<String> words();

    /** Gives one input to the reader; anything thrown is a crash. */
    void run(byte[] input) throws Exception;

    /** Judges what is left behind by all inputs: memory that has not come back is a crash too. */
    @Override
    void close();
}
