package sherd.server.planted.sound.cli;

import sherd.server.planted.sound.http.Door;

final class Prints {
    void print(Door door) {
        System.out.println(door.hashCode());
    }
}
