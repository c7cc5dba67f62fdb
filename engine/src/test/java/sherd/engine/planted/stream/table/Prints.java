package sherd.engine.planted.stream.table;

final class Prints {
    void print() {
        System.out.println("heard");
    }
}
