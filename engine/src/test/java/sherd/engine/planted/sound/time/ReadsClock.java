package sherd.engine.planted.sound.time;

final class ReadsClock {
    long now() {
        return System.nanoTime();
    }
}
