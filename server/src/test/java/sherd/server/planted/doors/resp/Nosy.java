package sherd.server.planted.doors.resp;

import sherd.server.planted.doors.http.Neighbour;

record Nosy(Neighbour neighbour) {}
