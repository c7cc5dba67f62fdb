package sherd.server.planted.rooms.loki;

import sherd.server.planted.rooms.http.Door;

record Nosy(Door door) {}
