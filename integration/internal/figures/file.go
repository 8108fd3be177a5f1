package figures

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// Line is a figure as it stands in the file.
type Line struct {
	Name    string   `json:"name"`
	Value   float64  `json:"value"`
	Unit    string   `json:"unit"`
	Against string   `json:"against"` // empty: compared with nothing
	Ratio   *float64 `json:"ratio"`   // null: compared with nothing
	Goal    string   `json:"goal"`    // empty: none
	Met     *bool    `json:"met"`     // null: no goal
}

// Read reads a file that [Record] has written.
func Read(file string) ([]Line, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var lines []Line
	if err := json.Unmarshal(text, &lines); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return lines, nil
}

// merge writes a line into the file, in the place of the one that measured and compared the same if there is one.
func merge(file string, line *Line) error {
	lines, err := Read(file)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	same := func(l Line) bool { return l.Name == line.Name && l.Against == line.Against }
	if i := slices.IndexFunc(lines, same); i >= 0 {
		lines[i] = *line
	} else {
		lines = append(lines, *line)
	}
	text, err := json.MarshalIndent(lines, "", "  ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	return os.WriteFile(file, append(text, '\n'), 0o644)
}
