package main

import (
	"compress/bzip2"
	"embed"
	"fmt"
	"io"
	"slices"
	"strings"
)

//go:embed data/*.csv.bz2
var compressed embed.FS

// missing is how the files write a value that is not known.
const missing = "NA"

// file is the content of a CSV file. No field is quoted, so a line parts at its commas.
type file struct {
	columns []string
	lines   []string
}

// readFile unpacks one of the embedded files.
func readFile(name string) (file, error) {
	packed, err := compressed.Open("data/" + name + ".csv.bz2")
	if err != nil {
		return file{}, err
	}
	defer packed.Close()
	text, err := io.ReadAll(bzip2.NewReader(packed))
	if err != nil {
		return file{}, fmt.Errorf("data/%s.csv.bz2: %w", name, err)
	}
	header, body, _ := strings.Cut(string(text), "\n")
	return file{
		columns: strings.Split(header, ","),
		lines:   strings.Split(strings.TrimSuffix(body, "\n"), "\n"),
	}, nil
}

// readFiles unpacks the file of every table, the flights of the given months only, if any are given.
func readFiles(months []string) (map[string]file, error) {
	files := make(map[string]file, len(tables))
	for _, t := range tables {
		f, err := readFile(t.name)
		if err != nil {
			return nil, err
		}
		files[t.name] = f
	}
	if len(months) > 0 {
		flights := files["flights"]
		flights.lines = ofMonths(flights.lines, months)
		files["flights"] = flights
	}
	return files, nil
}

// ofMonths keeps the lines of flights.csv that belong to some months.
func ofMonths(lines, months []string) []string {
	return slices.DeleteFunc(slices.Clone(lines), func(line string) bool {
		return !slices.Contains(months, monthOf(line))
	})
}

// monthOf returns the second field of a line of flights.csv.
func monthOf(line string) string {
	_, rest, _ := strings.Cut(line, ",")
	month, _, _ := strings.Cut(rest, ",")
	return month
}
