package sherd.engine.planted.clock.shard;

final class OwnClock {
    long now() {
        return System.nanoTime();
    }
}
