package dialect

import (
	"slices"
	"strconv"
	"strings"

	"github.com/skep-go/skep/toolkit/compile"
	"github.com/skep-go/skep/toolkit/ddl"
)

// phrase is a statement that is said in one go and that nobody takes apart.
type phrase struct {
	ddl.Base
	text  func(w *definition)
	reads bool
}

func (p phrase) write(w *definition) { p.text(w) }

// Reads implements what expr.Reads asks for.
func (p phrase) Reads() bool { return p.reads }

// question is a phrase that only reads.
func question(text func(w *definition)) ddl.Statement { return phrase{text: text, reads: true} }

// SetConf sets a variable of the configuration, for the rest of the session. The server reads the value as it is, up to
// the end of the line, so one that it would read otherwise is an error.
func SetConf(key, value string) ddl.Statement {
	return phrase{text: func(w *definition) {
		w.confKey(key)
		if value != strings.TrimSpace(value) || strings.ContainsFunc(value, control) || strings.Contains(value, "${") || strings.Contains(value, ";") {
			w.Refuse("the server would read the value of " + strconv.Quote(key) +
				" otherwise: it has blanks at an end, a control character, a semicolon or ${")
		}
		w.Text("SET " + key + "=" + value)
	}}
}

// ShowConf asks for a variable of the configuration. It answers with the text key=value on Hive, with two columns on
// Spark.
func ShowConf(key string) ddl.Statement {
	return phrase{text: func(w *definition) {
		w.confKey(key)
		w.Text("SET " + key)
	}}
}

// ResetConf takes back what the session has set: the variables, or all of them if none is given.
func ResetConf(keys ...string) ddl.Statement {
	keys = slices.Clone(keys)
	return phrase{text: func(w *definition) {
		w.Text("RESET")
		if len(keys) > 1 && w.version == Spark35 {
			w.refuse("RESET of several variables", "reset one after the other")
		}
		for _, key := range keys {
			w.confKey(key)
			w.Text(" " + key)
		}
	}}
}

func control(r rune) bool { return r < ' ' || r == 0x7f }

// confKey refuses what is no name of a variable: it stands in the statement as it is.
func (w *definition) confKey(key string) {
	parts := strings.FieldsFunc(key, func(r rune) bool { return strings.ContainsRune(".:-_0123456789", r) })
	odd := slices.ContainsFunc(parts, func(part string) bool { return !compile.PlainIdent(strings.ToLower(part)) })
	if len(parts) == 0 || odd || strings.HasPrefix(key, "-") {
		w.Refuse(strconv.Quote(key) + " is no name of a variable")
	}
}
