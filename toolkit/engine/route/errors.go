package route

import (
	"fmt"
	"strings"
)

// NameError is a name given to [Use] that no server has. Nothing was sent.
type NameError struct {
	Name  string
	Known []string
}

func (e *NameError) Error() string {
	return fmt.Sprintf("route: there is no server %q; there are: %s", e.Name, strings.Join(e.Known, ", "))
}

// NoFollowerError tells that a read was executed by nobody, for no follower could be reached.
type NoFollowerError struct{ Followers []State }

func (e *NoFollowerError) Error() string {
	why := make([]string, len(e.Followers))
	for i, s := range e.Followers {
		why[i] = fmt.Sprintf("%s: %v", s.Name, s.Err)
	}
	return "route: no follower can be reached: " + strings.Join(why, "; ") +
		"; ask for the leader by UseLeader, or leave out OnlyFollowers, and it takes such reads"
}

// Unwrap gives what each follower's last error was.
func (e *NoFollowerError) Unwrap() []error {
	var errs []error
	for _, s := range e.Followers {
		if s.Err != nil {
			errs = append(errs, s.Err)
		}
	}
	return errs
}
