package sherd.bench.engine;

/** A map from keys of 16 bytes, made from a number, to values of 64 bytes. For one thread. */
interface PeerMap extends AutoCloseable {
    /** Returns something of the value, so that it has been looked at; 0 if there is none. */
    long get(long key);

    void put(long key);

    @Override
    void close();
}
