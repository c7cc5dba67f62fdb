package sherd.server.planted.stream.http;

final class Prints {
    void print() {
        System.out.println("heard");
    }
}
