package sherd.engine.planted.door.route;

import sherd.engine.planted.door.Door;

record Leaves(Door door) {}
