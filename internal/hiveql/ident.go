package hiveql

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// IdentError reports a name that no quoting makes an identifier.
type IdentError struct {
	Name   string
	Reason string
}

func (e *IdentError) Error() string {
	return fmt.Sprintf("hiveql: %q cannot be an identifier: %s", e.Name, e.Reason)
}

// QuoteIdent returns name between backticks, backticks inside it doubled. It
// quotes one part of a dotted name. A name with "${" is refused, because the
// server substitutes variables in identifiers too and no escape exists there; so is
// one that begins and ends with a backtick, which Hive unquotes a second time. The
// error is an *[IdentError].
func QuoteIdent(name string) (string, error) {
	reason := ""
	switch {
	case name == "":
		reason = "it is empty"
	case !utf8.ValidString(name):
		reason = "it is not valid UTF-8"
	case strings.IndexByte(name, 0) >= 0:
		reason = "it contains a NUL character"
	case strings.Contains(name, "${"):
		reason = "the server would substitute a variable for ${…}"
	case name[0] == '`' && name[len(name)-1] == '`':
		reason = "Hive would take away the backticks at its ends"
	default:
		return "`" + strings.ReplaceAll(name, "`", "``") + "`", nil
	}
	return "", &IdentError{name, reason}
}
