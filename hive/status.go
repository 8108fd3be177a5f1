package hive

import (
	"regexp"
	"strconv"
	"strings"

	hs "github.com/beltran/gohive/hiveserver"

	"github.com/skep-go/skep/internal/wire"
)

// checkStatus turns the status of a reply into an error, nil for a success. Hive has never used INVALID_HANDLE_STATUS:
// an unknown handle is an ERROR_STATUS with a telling text (ThriftCLIService).
func checkStatus(st *hs.TStatus, statement string) error {
	if st == nil {
		return &Error{Message: "the reply holds no status", Statement: statement}
	}
	switch st.StatusCode {
	case hs.TStatusCode_SUCCESS_STATUS, hs.TStatusCode_SUCCESS_WITH_INFO_STATUS, hs.TStatusCode_STILL_EXECUTING_STATUS:
		return nil
	}
	return serverError(st.GetErrorMessage(), st.GetSqlState(), st.GetErrorCode(), st.InfoMessages, statement)
}

// checkWireStatus is checkStatus for a reply that our own decoder has read.
func checkWireStatus(st *wire.Status, statement string) error {
	if hs.TStatusCode(st.Code) == hs.TStatusCode_ERROR_STATUS || hs.TStatusCode(st.Code) == hs.TStatusCode_INVALID_HANDLE_STATUS {
		return serverError(st.ErrorMessage, st.SQLState, st.ErrorCode, st.InfoMessages, statement)
	}
	return nil
}

// serverError builds the [Error] from what the server sent.
func serverError(text, sqlState string, code int32, info []string, statement string) *Error {
	message, stack := cutStack(text)
	e := &Error{
		Message:   hideHandles(message),
		SQLState:  sqlState,
		Code:      int(code),
		Statement: statement,
		Stack:     append(stack, javaStack(info)...),
	}
	if e.Message == "" {
		e.Message = "the server reported a failure without a message"
	}
	if m := queryIDPattern.FindStringSubmatch(message); m != nil {
		e.QueryID = m[1]
	}
	e.Line, e.Column = errorPosition(message)
	switch {
	case strings.Contains(message, "Invalid SessionHandle"), strings.Contains(message, "Session does not exist"):
		e.kind = ErrSessionExpired
	case strings.Contains(message, "Invalid OperationHandle"):
		e.kind = ErrUnknownOperation
	}
	return e
}

// cutStack parts a message from the Java stack that some servers append to it (errorCode 29999, and Spark).
func cutStack(text string) (message string, stack []string) {
	message = text
	for _, mark := range []string{"\n\tat ", "\n    at "} {
		if i := strings.Index(message, mark); i >= 0 {
			stack = strings.Split(strings.TrimSpace(text[i:]), "\n")
			message = message[:i]
			break
		}
	}
	return strings.TrimSpace(sparkWrapping.ReplaceAllString(message, "")), stack
}

// javaStack reads the infoMessages of servers up to 3.1: "*class:message:frames:common" heads a throwable, the frames
// "class:method:file:line" follow (HiveSQLException.toString).
func javaStack(info []string) []string {
	var stack []string
	for _, line := range info {
		if head, ok := strings.CutPrefix(line, "*"); ok {
			stack = append(stack, head)
			continue
		}
		parts := strings.Split(line, ":")
		if len(parts) == 4 {
			line = "at " + parts[0] + "." + parts[1] + "(" + parts[2] + ":" + parts[3] + ")"
		}
		stack = append(stack, line)
	}
	return stack
}

var (
	// "line 1:14" of the parser, "Line 1:14" of the semantic analyser: column from 0.
	hivePosition = regexp.MustCompile(`\b[Ll]ine (\d+):(\d+)`)
	// "line 1 pos 7" and "(line 1, pos 7)" of Spark: column from 0.
	sparkPosition = regexp.MustCompile(`\bline (\d+),? pos (\d+)`)
	// What Spark puts before its own message: the exception classes it went through.
	sparkWrapping = regexp.MustCompile(`^org\.apache\.hive\.service\.cli\.HiveSQLException: Error running query: (?:\[[\w.]+\] )?[\w.$]+: `)

	queryIDPattern = regexp.MustCompile(`(?:Query ID|queryId)[:=]\s*([\w-]+)`)
	// "SessionHandle [uuid]", "OperationHandle [opType=…, getHandleIdentifier()=uuid]"
	handlePattern = regexp.MustCompile(`([\[=])[0-9a-fA-F]{8}-[0-9a-fA-F-]{27}\]`)
)

// errorPosition finds the place in the statement that a message names: line and column from 1, or zeros.
func errorPosition(message string) (line, column int) {
	for _, p := range []*regexp.Regexp{hivePosition, sparkPosition} {
		m := p.FindStringSubmatch(message)
		if m == nil {
			continue
		}
		l, errL := strconv.Atoi(m[1])
		c, errC := strconv.Atoi(m[2])
		if errL == nil && errC == nil && l > 0 {
			return l, c + 1
		}
	}
	return 0, 0
}

// hideHandles removes session and operation handles, which are as good as a login, from a message.
func hideHandles(message string) string { return handlePattern.ReplaceAllString(message, "$1…]") }
