package hive

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"
)

// ParseTimestamp reads a TIMESTAMP, YYYY-MM-DD hh:mm:ss with one to nine digits of a fraction
// or none, as the wall clock in loc; nil means UTC. Years are written as [ParseDate] reads
// them. The error is a [*TextError].
//
// TIMESTAMP has no zone. A wall clock that loc skips or repeats when its clock changes
// becomes what [time.Date] makes of it: a time that is right by the offset before or by the
// offset after the change. In UTC every wall clock exists once.
func ParseTimestamp(s string, loc *time.Location) (time.Time, error) {
	if loc == nil {
		loc = time.UTC
	}
	c, n, fault := readWallClock(s)
	if fault == "" && n < len(s) {
		fault = "want nothing more"
	}
	if fault != "" {
		return time.Time{}, textError(KindTimestamp, s, n, fault)
	}
	return c.in(loc), nil
}

// ParseTimestampTZ reads a TIMESTAMP WITH LOCAL TIME ZONE: a text as for [ParseTimestamp], a
// blank and a zone as Java names it, such as "Europe/Paris", "Z", "+02:00" or "UTC+01:00".
// The time is in that zone. Where the zone repeats an hour the text leaves open which one is
// meant, and [time.Date] chooses.
//
// The error is a [*TextError]; for a zone that this system does not know it holds a
// [*ZoneError].
func ParseTimestampTZ(s string) (time.Time, error) {
	c, n, fault := readWallClock(s)
	if fault == "" && (n == len(s) || s[n] != ' ') {
		fault = "want a blank and a time zone"
	}
	if fault != "" {
		return time.Time{}, textError(KindTimestampLocalTZ, s, n, fault)
	}
	loc, err := loadZone(s[n+1:])
	if err != nil {
		return time.Time{}, &TextError{Type: KindTimestampLocalTZ.String(), Text: s, Offset: n + 1, Err: err}
	}
	return c.in(loc), nil
}

// wallClock is a date and a time of day, without a zone.
type wallClock struct {
	date                        Date
	hour, minute, second, nanos int
}

func (c wallClock) in(loc *time.Location) time.Time {
	return time.Date(c.date.Year, c.date.Month, c.date.Day, c.hour, c.minute, c.second, c.nanos, loc)
}

// readWallClock reads the wall clock at the start of s, as readDate reads a date.
func readWallClock(s string) (c wallClock, n int, fault string) {
	if c.date, n, fault = readDate(s); fault != "" {
		return c, n, fault
	}
	var ok bool
	if c.hour, ok = twoDigits(s, n, ' '); !ok || c.hour > 23 {
		return c, n, "want a blank and an hour from 00 to 23"
	}
	if c.minute, ok = twoDigits(s, n+3, ':'); !ok || c.minute > 59 {
		return c, n + 3, "want : and a minute from 00 to 59"
	}
	if c.second, ok = twoDigits(s, n+6, ':'); !ok || c.second > 59 {
		return c, n + 6, "want : and a second from 00 to 59"
	}
	n += 9
	if n == len(s) || s[n] != '.' {
		return c, n, ""
	}
	n++
	nanos, digits := readNanos(s, n)
	if digits == 0 {
		return c, n, "want a fraction of 1 to 9 digits"
	}
	c.nanos = nanos
	return c, n + digits, ""
}

// readNanos reads a fraction of a second, and tells how many digits it has: 0 if there are
// none or more than nine.
func readNanos(s string, i int) (nanos, digits int) {
	fraction := digitRun(s, i)
	if len(fraction) > 9 {
		return 0, 0
	}
	for j := range 9 {
		nanos *= 10
		if j < len(fraction) {
			nanos += int(fraction[j] - '0')
		}
	}
	return nanos, len(fraction)
}

// ZoneError reports a time zone that the time zone database of this system does not have.
type ZoneError struct {
	Zone string // as the server named it
	Err  error  // what the search met
}

// Error names the zone and the remedy.
func (e *ZoneError) Error() string {
	return fmt.Sprintf(`time zone %q is not in this system's time zone database; import _ "time/tzdata" to carry one in the program: %v`, clip(e.Zone), e.Err)
}

// Unwrap returns Err.
func (e *ZoneError) Unwrap() error { return e.Err }

// maxZones is above the number of zones in the world; offsets could be more.
const maxZones = 2048

// zones keeps what loadZone has found: a result names the same few zones in every row.
var zones = struct {
	sync.RWMutex
	found map[string]*time.Location
}{found: map[string]*time.Location{}}

// loadZone returns the location of a zone id of Java's ZoneId, under the same name.
func loadZone(id string) (*time.Location, error) {
	zones.RLock()
	loc := zones.found[id]
	zones.RUnlock()
	if loc != nil {
		return loc, nil
	}
	id = strings.Clone(id) // s may be part of a whole batch
	loc, err := findZone(id)
	if err != nil {
		return nil, &ZoneError{Zone: id, Err: err}
	}
	zones.Lock()
	defer zones.Unlock()
	if len(zones.found) < maxZones {
		zones.found[id] = loc
	}
	return loc, nil
}

func findZone(id string) (*time.Location, error) {
	if offset, ok := zoneOffset(id); ok {
		return time.FixedZone(id, offset), nil
	}
	if id == "" || id == "Local" { // by these LoadLocation means UTC and the machine's zone
		return nil, errors.New("no name of a zone")
	}
	return time.LoadLocation(id)
}

// zoneOffsets has the ids that need no database: an offset, alone or after UTC, GMT or UT.
var zoneOffsets = regexp.MustCompile(`^(?:UTC|GMT|UT)?([+-])(\d\d?)(?::?(\d\d)(?::?(\d\d))?)?$`)

// zoneOffset returns the seconds east of UTC that an id says by itself.
func zoneOffset(id string) (int, bool) {
	switch id {
	case "Z", "UTC", "GMT", "UT", "Etc/UTC", "Etc/GMT": // HiveServer2's default is Etc/UTC
		return 0, true
	}
	m := zoneOffsets.FindStringSubmatch(id)
	if m == nil {
		return 0, false
	}
	hour, _ := strconv.Atoi(m[2])
	minute, _ := strconv.Atoi("0" + m[3])
	second, _ := strconv.Atoi("0" + m[4])
	seconds := hour*3600 + minute*60 + second
	if minute > 59 || second > 59 || seconds > 18*3600 { // the bounds of Java's ZoneOffset
		return 0, false
	}
	if m[1] == "-" {
		seconds = -seconds
	}
	return seconds, true
}
