package hiveql

import "strings"

// Effect is what a statement leaves behind in its session.
type Effect uint8

const (
	// Dirty statements may change the session: its database, its variables,
	// its temporary objects, its resources. It is what every statement is that is
	// not known to be clean.
	Dirty Effect = iota
	// Clean statements leave the session as it was, whatever they do to data.
	Clean
)

// head reads the leading words of a statement.
type head struct{ lex Lexer }

// word returns the next token that is neither space nor comment in lower case,
// "" at the end and at what cannot be lexed.
func (h *head) word() string {
	tok, err := h.lex.significant()
	if err != nil {
		return ""
	}
	return strings.ToLower(tok.Text(h.lex.src))
}

// rest returns the text that has not been read.
func (h *head) rest() string { return h.lex.src[h.lex.pos:] }

func set(words string) map[string]bool {
	m := make(map[string]bool)
	for w := range strings.FieldsSeq(words) {
		m[w] = true
	}
	return m
}

var (
	queryWords = set("select with from values map reduce (")
	cleanWords = set(`insert update merge load truncate show describe desc explain analyze msck
		export import grant revoke abort kill refresh list dfs`)
	// Words that may follow CREATE, DROP or ALTER of something the metastore
	// keeps, so TEMPORARY, TEMP, GLOBAL and LOCAL are not among them.
	storedWords = set(`table external managed transactional view materialized database schema remote
		function index role resource scheduled connector catalog`)
	// Words of statements that change no data. USE, SET and their like change
	// the session only.
	readWords = set("select values show describe desc list use set reset add")
	// HiveCommand of Hive 2.3 to 4.0; LLAP is a command with its second word.
	commandWords = set("set reset dfs crypto erasure add list reload delete compile")
)

// Classify tells from its first words what a statement leaves behind in its
// session. Statements it does not know are [Dirty].
func Classify(stmt string) Effect {
	h := head{Lexer{src: stmt}}
	word := h.word()
	clean := false
	switch word {
	case "create", "drop", "alter":
		clean = storedWords[h.object()]
	case "delete": // DELETE JAR and its like remove a resource of the session
		clean = h.word() == "from"
	case "set":
		clean = onlyShows(h.rest())
	default:
		clean = queryWords[word] || cleanWords[word]
	}
	if clean {
		return Clean
	}
	return Dirty
}

// object returns the first word after CREATE, DROP or ALTER, or after CREATE OR
// REPLACE.
func (h *head) object() string {
	word := h.word()
	if word == "or" && h.word() == "replace" {
		word = h.word()
	}
	return word
}

// onlyShows reports whether a SET command with these arguments prints settings:
// SET, SET -v, SET key. Two words and more set something in one dialect or
// another, as SET ROLE x and Spark's SET TIME ZONE x do.
func onlyShows(args string) bool {
	words := strings.Fields(strings.TrimSuffix(strings.TrimSpace(args), ";"))
	return len(words) == 0 || len(words) == 1 && !strings.Contains(words[0], "=")
}

// IsCommand reports whether HiveServer2 gives the statement to a command
// processor, as SET, ADD JAR or DFS, and not to the HiveQL compiler. The results
// of all the commands of a session share one file on the server: they must be
// read whole before the session's next statement.
func IsCommand(stmt string) bool {
	h := head{Lexer{src: stmt}}
	first, second := h.word(), h.word()
	switch {
	case first == "llap":
		return second == "cluster" || second == "cache"
	case second == "role", second == "from", first == "set" && second == "autocommit":
		return false // HiveQL, by the exceptions in HiveCommand.find
	}
	return commandWords[first]
}

// IsWrite reports whether a statement may change data or metadata. Statements
// that are not known to only read are writes; EXPLAIN ANALYZE is what the
// statement is that it runs.
func IsWrite(stmt string) bool {
	h := head{Lexer{src: stmt}}
	switch word := h.word(); {
	case readWords[word]:
		return false
	case word == "explain":
		return h.word() == "analyze" && IsWrite(h.rest())
	case queryWords[word]:
		return h.hasWrite()
	}
	return true
}

// hasWrite looks for the clause that makes a write of a statement which begins
// as a query does: FROM … INSERT, WITH … INSERT, and Spark's WITH … DELETE.
func (h *head) hasWrite() bool {
	for {
		tok, err := h.lex.significant()
		switch {
		case err != nil:
			return true
		case tok.Kind == EOF:
			return false
		case tok.Kind != Word:
			continue
		}
		switch strings.ToLower(tok.Text(h.lex.src)) {
		case "insert", "update", "delete", "merge":
			return true
		}
	}
}
