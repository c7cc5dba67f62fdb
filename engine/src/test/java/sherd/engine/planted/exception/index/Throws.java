package sherd.engine.planted.exception.index;

final class Throws {
    void fail() {
        throw new RuntimeException("which one?");
    }
}
