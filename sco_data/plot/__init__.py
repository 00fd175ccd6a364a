"""Plots of the data as Altair charts, and as PNG, SVG, HTML and JSON: needs ``pip install 'sco-data[plot]'``.

>>> import sco_data as sco
>>> sco.plot.table("map", on="2017-06-09").query("status == 'member'").iso3.tolist()
['CHN', 'IND', 'KAZ', 'KGZ', 'PAK', 'RUS', 'TJK', 'UZB']
"""
