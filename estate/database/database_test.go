package database

import "testing"

func TestTheConnectionsAlarmFollowsTheMemory(t *testing.T) {
	for class, want := range map[string]int{
		"db.t4g.micro":   78,
		"db.t4g.medium":  315,
		"db.m7g.large":   630,
		"db.r7g.large":   1261,
		"db.m7g.2xlarge": 2522,
		"db.r6i.4xlarge": 3500,
		"db.x2g.large":   2522,
	} {
		if got := new(PostgreSQL).ConnectionsAlarm(class); got != want {
			t.Errorf("%s: %d connections, want %d", class, got, want)
		}
	}
	limited := PostgreSQL{Parameters: map[string]string{"max_connections": "500"}}
	if got := limited.ConnectionsAlarm("db.m7g.large"); got != 400 {
		t.Errorf("with 500 connections at most the alarm is at %d, want 400", got)
	}
	stated := PostgreSQL{Alarms: Alarms{Connections: 7}}
	if got := stated.ConnectionsAlarm("db.m7g.large"); got != 7 {
		t.Errorf("the alarm is at %d connections, and the file says 7", got)
	}
}

// A window of every day meets a window of the week whatever day that is, and over
// midnight and the week's end too.
func TestWindowsMeetOnEveryDay(t *testing.T) {
	for _, day := range weekdays {
		for _, test := range []struct {
			daily, from, to string
			meet            bool
		}{
			{"18:00-19:00", "18:30", "19:30", true},
			{"18:00-19:00", "19:00", "20:00", false},
			{"23:30-00:30", "00:00", "01:00", true},
			{"23:30-00:30", "00:30", "01:00", false},
		} {
			daily, ok := parseBackupWindow(test.daily)
			weekly, ok2 := parseMaintenanceWindow(day + ":" + test.from + "-" + day + ":" + test.to)
			if !ok || !ok2 || daily.meets(weekly) != test.meet {
				t.Errorf("%s and %s %s-%s: %v %v", test.daily, day, test.from, test.to, daily, weekly)
			}
		}
	}
	over, _ := parseMaintenanceWindow("sun:23:30-mon:00:30")
	early, _ := parseBackupWindow("00:00-01:00")
	if !early.meets(over) {
		t.Error("a window over the week's end does not meet the first hour of Monday")
	}
}
