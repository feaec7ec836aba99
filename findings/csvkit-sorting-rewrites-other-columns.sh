#!/usr/bin/env bash
# csvkit 2.2: csvsort by one column changes what stands in the others
#
# One would guess: sorting lines moves them; csvcut and csvgrep of the same kit leave every cell as it is.
# What happens: csvsort reads types out of all columns and writes them anew. "98.50%" loses its sign, so that it is no
# percentage any more, "¥1,000" is 1000, and the codes "3d" and "5d" become spans of time. With -I the cells stay.
set -euo pipefail
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet csvkit==2.2.0 agate==1.14.2
cd "$work"
printf 'name,rate,price,code\nb,98.50%%,"¥1,000",3d\na,97.10%%,¥900,5d\n' > table.csv
"$work/venv/bin/csvsort" --version
export PYTHONIOENCODING=utf-8 PYTHONUTF8=1
"$work/venv/bin/csvsort" -c name table.csv | tee sorted.csv
"$work/venv/bin/csvsort" -I -c name table.csv > kept.csv
diff sorted.csv - <<'END'
name,rate,price,code
a,97.10,900,"5 days, 0:00:00"
b,98.50,1000,"3 days, 0:00:00"
END
grep -q '^b,98.50%,"¥1,000",3d$' kept.csv
